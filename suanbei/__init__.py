"""The open registry of China's algorithm and generative-AI filings (算备).

The parts are the folders at the top of the project; this package links to them, so that an
installation puts one name into the environment, and `import suanbei.…` is the only way in.
"""
