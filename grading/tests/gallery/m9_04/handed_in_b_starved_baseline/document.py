for f in rest:
    w = ab_tests.set_index("b").loc[final[f]]
    d = f"Not taken: {f}. test_mae = {runs[f]['test_mae']:.3f} (choice {mae:.3f}), p corrected {w['p_corrected']:.3f}: {w['verdict']}."
    client2.set_tag(final[f], "mlflow.note.content", d)
    client2.log_text(
        final[f],
        experiment_log(
            final[f],
            observations=f"Effect size of the choice against it: {w['effect_size']:.2f}.",
            conclusion=d,
            **TEXTS,
        ),
        "experiment_log.md",
    )
