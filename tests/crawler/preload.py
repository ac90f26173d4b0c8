"""What a process has that crawls are forked from: all that a crawl imports, so that none does it again.

Scrapy imports its parts when a crawl begins. None of these brings a reactor with it: each crawl
makes its own.
"""

import gc
import importlib

MODULES = (
    "suanbei.crawler.crawl",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.pqueues",
    "scrapy.squeues",
    "tests.watching.aftermath",
)

for name in MODULES:
    importlib.import_module(name)
gc.collect()
gc.freeze()
