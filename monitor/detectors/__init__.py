"""One question a file. They never import one another; `monitor.catalogue` lists them."""
