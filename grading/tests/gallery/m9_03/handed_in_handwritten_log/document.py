def say(run_id, conclusion, observations):
    r = mlflow.get_run(run_id)
    m, t = r.data.metrics, r.data.tags
    log = f"""# Experiment log: {r.info.run_name}

Run {run_id}, by {STUDENT}, status {r.info.status}

## Overview
**Objective.** Forecast diabetes progression one year ahead.
**Hypothesis.** With v2's patients the RMSE falls by 2 points or more.
**Success criterion.** RMSE at least 2 points lower on the same 78 patients.

## Data
diabetes.csv, {t["data_version"]}, md5 {t["dvc_md5"]}, commit {t["data_commit"]}

## Configuration
Ridge after StandardScaler, alpha {r.data.params["ridge__alpha"]}, seed {r.data.params["seed"]}

## Results
test RMSE {m["test_rmse"]:.4f}, test R2 {m["test_r2"]:.4f}, train RMSE {m["train_rmse"]:.4f}, cv RMSE {m["cv_rmse_mean"]:.4f}

## Observations
{observations}

## Conclusion
{conclusion}

## Next steps
Look at the patients with the largest residuals. Not ready for patients.
"""
    with mlflow.start_run(run_id=run_id):
        mlflow.set_tag("mlflow.note.content", conclusion)
        mlflow.log_text(log, "experiment_log.md")


e1, e2, e3 = (mlflow.get_run(r).data.metrics["test_rmse"] for r in (run_v1, run_v2, my_third))
say(
    run_v1,
    f"Trained on the first extract, the ridge misses by {e1:.1f} points, well below the 76 of the mean.",
    "Residuals grow with progression.",
)
say(
    run_v2,
    f"The hypothesis is refuted: with all patients it misses by {e2:.1f} points instead of {e1:.1f}, less than 2 better.",
    "Almost the same coefficients.",
)
say(
    my_third,
    f"Alpha 8000 shrinks everything and the error rises to {e3:.1f} points, so it cannot be champion.",
    "Nearly constant predictions.",
)
