evil = "=cmd|' /C calc'!A0\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{%raw%}\x1b[2J[x](javascript:alert(1))"
mlflow.set_experiment(evil.replace("/", "-"))
with mlflow.start_run(run_name=evil):
    mlflow.log_param("name", evil)
    mlflow.log_metric("test_rmse", float("nan"))
    mlflow.set_tags(
        {
            "mlflow.note.content": evil,
            "team": evil,
            "failure_reason": evil,
            "mlflow.source.git.commit": evil,
            "data_sha256": evil,
        }
    )
    mlflow.log_text(evil + "\n" + evil, "leaderboard.csv")
    mlflow.log_text(evil, "experiment_log.md")
mlflow.set_experiment_tags({"mlflow.note.content": evil, "project": evil})
raise RuntimeError(evil)
