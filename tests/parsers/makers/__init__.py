"""The same lists by the makers that can be had: layouts, and one module for each kind of maker."""
