def trange(start, stop):
    return range(start, stop)
