dataset = mlflow.data.from_pandas(cancer.reset_index(), source=str(cancer_file), name="breast_cancer_v1")
with mlflow.start_run(run_id=my_run):
    mlflow.log_input(dataset)
