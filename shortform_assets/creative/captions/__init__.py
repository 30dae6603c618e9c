"""From words to drawn text: pages, measured type, placement, hook, logo, and the ASS script."""
