"""What the services share: contracts, the kernel, and a few plain libraries."""
