"""A trial of the whole on one machine: real servers, watchers, database and proxy, gone afterwards."""
