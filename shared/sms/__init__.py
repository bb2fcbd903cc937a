"""What an SMS is made of: words with placeholders, and the segments that it is billed as."""
