"""What intake touches outside its own tables: the photo store, and files of other systems' history."""
