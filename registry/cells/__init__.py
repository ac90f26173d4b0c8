"""What the published cells mean: numbers, names, products, regions, remarks."""
