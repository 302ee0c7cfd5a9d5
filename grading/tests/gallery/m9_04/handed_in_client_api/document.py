for name in rest:
    write_down(
        name,
        f"{name} is not chosen: it misses by {m[name]['test_mae']:.1f} points on the test patients, {best} by {m[best]['test_mae']:.1f}.",
    )
