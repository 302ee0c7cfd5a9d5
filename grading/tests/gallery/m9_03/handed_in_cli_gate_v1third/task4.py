mlflow.set_experiment("sugar-clinic")
Path("contract.yaml").write_text("""\
name: sugar
extends: regression
title: What the sugar clinic asks of a champion
thresholds: {rmse: "<= 60", r2: ">= 0.40"}
""")
with mlflow.start_run(run_name="sugar contract"):
    mlflow.log_artifact("contract.yaml")
os.environ["MLFLOW_TRACKING_URI"] = TRACKING_URI


def gate(*words):
    done = subprocess.run(["grading", "gate", "contract.yaml", *words], capture_output=True, text=True)
    print(done.returncode, done.stdout[-400:], done.stderr[-400:])
    return done


gate(f"{MODEL}/{my_versions[0]}", "--promote", "champion", "--why", "the first model that the clinic can use")
gate(f"{MODEL}/{my_versions[1]}", "--promote", "champion", "--why", "it knows the summer patients as well")

# third: the spring data again, and far too much shrinkage
c3 = state("v1", 5000.0, "spring data, alpha 5000")
my_third = run_of("sugar-3", "v1", c3)
mid = mlflow.get_run(my_third).outputs.model_outputs[0].model_id
v3 = client.create_model_version(
    name=MODEL, source=f"models:/{mid}", run_id=my_third, description="Spring again, but with alpha at 5000"
).version
for k in ["data_version", "dvc_md5"]:
    client.set_model_version_tag(MODEL, v3, k, mlflow.get_run(my_third).data.tags[k])
no = gate(f"{MODEL}/{v3}", "--promote", "champion", "--why", "to see it refused")
assert no.returncode == 1
client.set_model_version_tag(MODEL, v3, "refused", " | ".join(l.strip() for l in no.stdout.splitlines() if "✗" in l))
gate(MODEL, "--rollback", "champion", "--why", "the clinic wants the first model back")
