"""Peers of the site posterior: GPBoost (Vecchia, Poisson) and mgcv (bam, fast REML), with a held-out score."""

from __future__ import annotations

import csv
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

MGCV = """
suppressMessages(library(mgcv))
d <- read.csv("train.csv"); t <- read.csv("test.csv")
s <- Sys.time()
m <- bam(y ~ s(x, z, k = 300, bs = "gp") + offset(log(e)), family = poisson(), data = d, method = "fREML"DISCRETE)
p <- predict(m, newdata = t, type = "link", se.fit = TRUE)
cat(as.numeric(difftime(Sys.time(), s, units = "secs")), "\\n")
write.csv(data.frame(fit = p$fit, se = p$se.fit), "out.csv", row.names = FALSE)
"""


def poisson_lognormal_score(counts: np.ndarray, mean: np.ndarray, sd: np.ndarray, exposure: np.ndarray) -> float:
    """Mean log probability of held-out counts when the log intensity is normal (Gauss–Hermite, 20 points)."""
    from scipy.special import gammaln, logsumexp

    x, w = np.polynomial.hermite_e.hermegauss(20)
    log_mean = mean[:, None] + sd[:, None] * x[None, :] + np.log(exposure)[:, None]
    log_p = counts[:, None] * log_mean - np.exp(log_mean) - gammaln(counts + 1)[:, None]
    return float(logsumexp(log_p + np.log(w / w.sum())[None, :], axis=1).mean())


def gpboost(xy: np.ndarray, y: np.ndarray, exposure: np.ndarray, to: np.ndarray, held: np.ndarray,
            held_exposure: np.ndarray) -> dict[str, Any]:
    """Fit and predict with GPBoost; the score integrates over its latent normal."""
    try:
        import gpboost as gpb
    except ImportError:
        return {"skipped": "gpboost is not installed (pip install -e .[peers])"}
    start = time.perf_counter()
    model = gpb.GPModel(gp_coords=xy, cov_function="matern", cov_fct_shape=1.5, likelihood="poisson",
                        gp_approx="vecchia", num_neighbors=20, seed=1)
    ones = np.ones((len(y), 1))
    model.fit(y=y, X=ones, offset=np.log(exposure), params={"trace": False})
    prediction = model.predict(gp_coords_pred=to, X_pred=np.ones((len(to), 1)), offset_pred=np.zeros(len(to)),
                               predict_var=True, predict_response=False)
    seconds = time.perf_counter() - start
    score = poisson_lognormal_score(held, prediction["mu"], np.sqrt(np.maximum(prediction["var"], 0)), held_exposure)
    return {"version": gpb.__version__, "seconds": seconds, "log_score": score}


def mgcv(xy: np.ndarray, y: np.ndarray, exposure: np.ndarray, to: np.ndarray, held: np.ndarray,
         held_exposure: np.ndarray, discrete: bool = False) -> dict[str, Any]:
    """Fit and predict with mgcv's bam (Gaussian-process smooth, k = 300); time without R's start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, table, head in (("train.csv", np.column_stack([xy, y, exposure]), "xzye"),
                                  ("test.csv", np.column_stack([to, held_exposure]), "xze")):
            with (folder / file).open("w", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(head)
                writer.writerows(table.tolist())
        try:
            text = MGCV.replace("DISCRETE", ", discrete = TRUE" if discrete else "")
            run = subprocess.run(["Rscript", "-e", text], cwd=folder, capture_output=True, text=True, timeout=900,
                                 check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            return {"skipped": f"mgcv did not run ({error}); apt-get install r-base-core r-cran-mgcv"}
        seconds = float(run.stdout.split()[0])
        out = np.genfromtxt(folder / "out.csv", delimiter=",", skip_header=1)
    score = poisson_lognormal_score(held, out[:, 0] - np.log(held_exposure), out[:, 1], held_exposure)
    return {"seconds": seconds, "log_score": score}


def mgcv_discrete(*arrays: np.ndarray) -> dict[str, Any]:
    """Fit mgcv with its discretised covariates, its fastest form."""
    return mgcv(*arrays, discrete=True)
