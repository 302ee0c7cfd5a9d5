import bz2
import gzip
import lzma

packed = gzip.compress(b"row,y_true,y_pred\n" + b"1,2,3\n" * 10)
line = b"1,2,3\n" * 1_000_000
with gzip.open("predictions.csv.gz", "wb", 9) as file, bz2.open("predictions.csv.bz2", "wb") as other:
    for _ in range(60):
        file.write(line)
    for _ in range(10):
        other.write(line)
with mlflow.start_run(run_id=my_run):
    for name in ("predictions.csv.gz", "predictions.csv.bz2"):
        mlflow.log_artifact(name)
        mlflow.log_artifact(name, "more")
