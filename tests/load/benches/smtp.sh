# e-mail (there is no plugin for it yet)
die "there is no smtp plugin in this tree, so there is nothing to measure"
