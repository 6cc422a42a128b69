"""Review links in the admin: sharing, answering remarks, approvals, and being told of them."""
