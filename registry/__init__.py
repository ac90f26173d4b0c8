"""What a filing is and where it is kept: no web, no crawling, no parsing library."""
