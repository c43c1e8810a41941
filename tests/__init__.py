"""What is proven, by what proves it: stories, laws, contract, shell, architecture, integration, bench."""
