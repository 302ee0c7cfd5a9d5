# the chosen one
runs = {f: mlflow.get_run(i).data.metrics for f, i in final.items()}
rmse, mae = runs[my_choice]["test_rmse"], runs[my_choice]["test_mae"]
desc = f"Decision: {my_choice}. cv_rmse_mean = {runs[my_choice]['cv_rmse_mean']:.3f} decides (lowest of four); on the test it has test_mae = {mae:.3f} and test_rmse = {rmse:.3f}."
TEXTS = dict(
    objective="Compare four families for the progression of diabetes.",
    hypothesis="Curved models (kernel, squares, trees) are better than the straight line by 6 points.",
    success_criterion="Corrected p (Hommel) smaller than 0.05 against the chosen one.",
    next_steps="Stop with new families, get new patients.",
    readiness="For research only.",
    experimenter=STUDENT,
)
client2 = mlflow.MlflowClient()
client2.set_tag(final[my_choice], "mlflow.note.content", desc)
worst = test_abs[my_choice].idxmax()
log_text = experiment_log(
    final[my_choice],
    observations=f"The worst patient is row {worst}: {test_abs[my_choice].max():.0f} points off. Sex 2 has MAE {groups2.set_index('sex').loc[2, 'mae']:.1f}, sex 1 {groups2.set_index('sex').loc[1, 'mae']:.1f}.",
    conclusion=desc,
    **TEXTS,
)
v2 = register("diabetes-4-families", final[my_choice])
card2 = model_card(
    f"diabetes-4-families/{v2}",
    intended_use="Researchers of the clinic, to group patients by expected progression.",
    not_for="The single patient: no therapy by this number.",
    limitations=f"In the middle it is wrong by {mae:.0f} points, and the scale goes only from 25 to 346.",
    ethical_considerations="Sex is a predictor here; a group may be treated differently because of the model.",
    contact="data team of the clinic",
)
client2.log_text(final[my_choice], log_text, "experiment_log.md")
client2.log_text(final[my_choice], card2, "model_card.md")
best_practices = pd.DataFrame(
    {
        "practice": [
            "same splits, written in a parameter",
            "keep out-of-fold rows",
            "corrected interval, lower end too",
            "plan before test",
            "say which correction",
            "commit of the code",
            "how big is the model",
        ],
        "run_id": [
            rid[my_choice],
            rid[rest[0]],
            rid[rest[1]],
            plan2.info.run_id,
            ab2.info.run_id,
            final[my_choice],
            final[rest[0]],
        ],
        "shown_by": [
            "params.cv",
            "out_of_fold.csv",
            "metrics.cv_rmse_low",
            "params.required_n",
            "params.correction",
            "tags.mlflow.source.git.commit",
            "metrics.model_size_bytes",
        ],
    }
)
client2.log_dict(cmp.info.run_id, best_practices.to_dict("records"), "best_practices.json")
