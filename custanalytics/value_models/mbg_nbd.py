"""MBG/NBD: a customer may leave after the first purchase too."""

from custanalytics.value_models.bg_nbd import BGNBD


class MBGNBD(BGNBD):
    """The modified BG/NBD model.

    As the BG/NBD model, with one more chance to leave: after the very first purchase. So
    one-time buyers are not taken to be alive whatever time has passed.

    References
    ----------
    Batislam, Denizel, Filiztekin (2007), Empirical Validation and Comparison of Models for
    Customer Base Analysis, International Journal of Research in Marketing 24 (3), 201-209.
    """

    name = "MBG/NBD"
    reference = (
        "Batislam, Denizel, Filiztekin (2007), International Journal of Research in "
        "Marketing 24 (3), 201-209"
    )
    lifetimes_fitter = "ModifiedBetaGeoFitter"
    lifetimes_simulation = "modified_beta_geometric_nbd_model"
    extra_chances = 1
