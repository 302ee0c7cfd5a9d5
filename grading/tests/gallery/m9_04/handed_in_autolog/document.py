for fam in ("boosting", "forest"):
    said = f"{fam} is not chosen: MAE {scores[fam]:.3f} on the test patients against {scores[PICK]:.3f}."
    store.set_tag(FINAL[fam], "mlflow.note.content", said)
    store.log_text(FINAL[fam], experiment_log(FINAL[fam], conclusion=said, **words), "experiment_log.md")
