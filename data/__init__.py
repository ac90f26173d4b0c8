"""What ships with Suanbei: sources, divisions and the snapshot."""
