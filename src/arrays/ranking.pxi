# Areas and curves of scores.

cdef extern from "lstmetrics/metrics/formulas/ranking.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef cppclass RankingFacts:
        cbool no_positives
        cbool no_negatives
        cbool not_monotonic


cdef extern from "lstmetrics/metrics/formulas/ranking_curves.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class CurveKind(uint8_t):
        roc
        precision_recall
        det


cdef extern from "border/scores.hpp" namespace "lstmetrics::border":
    cdef cppclass RankingSummary:
        size_t labels_seen
        cbool positive_known
        cbool positive_seen
        RankingFacts facts

    cdef cppclass RankingScore:
        double value
        RankingSummary summary

    RankingScore c_roc_auc "lstmetrics::border::roc_auc"(
        object, object, object, double) except +set_python_error
    RankingScore c_average_precision "lstmetrics::border::average_precision"(
        object, object, object, object) except +set_python_error

    cdef cppclass RankingCurve:
        RankingSummary summary
        size_t points()
        size_t thresholds()
        void write(object, object, object) except +set_python_error

    RankingCurve c_ranking_curve "lstmetrics::border::ranking_curve"(
        CurveKind, cbool, object, object, object, object) except +set_python_error

    cdef cppclass RankingOutcomes:
        RankingSummary summary
        size_t size()
        void write(object) except +set_python_error

    RankingOutcomes c_ranking_outcomes "lstmetrics::border::ranking_outcomes"(
        object, object, object, object) except +set_python_error


CURVES = {
    "roc": <int>CurveKind.roc,
    "precision_recall": <int>CurveKind.precision_recall,
    "det": <int>CurveKind.det,
}


# labels seen, whether the positive one is known, and seen; whether positives and negatives are
# missing, whether weights make the curve run back
cdef tuple _ranking_facts(const RankingSummary& summary):
    return (summary.labels_seen, summary.positive_known, summary.positive_seen,
            summary.facts.no_positives, summary.facts.no_negatives, summary.facts.not_monotonic)


def roc_auc(y_true, y_score, sample_weight, double max_fpr):
    """(area, facts); of two labels the greater one is positive."""
    cdef RankingScore score = c_roc_auc(y_true, y_score, sample_weight, max_fpr)
    return score.value, _ranking_facts(score.summary)


def average_precision(y_true, y_score, sample_weight, pos_label):
    """(average precision, facts)"""
    cdef RankingScore score = c_average_precision(y_true, y_score, sample_weight, pos_label)
    return score.value, _ranking_facts(score.summary)


def ranking_curve(int kind, bint drop_intermediate, y_true, y_score, sample_weight, pos_label):
    """(x, y, thresholds, facts), or four times nothing but the facts"""
    cdef RankingCurve curve = c_ranking_curve(
        <CurveKind>kind, drop_intermediate, y_true, y_score, sample_weight, pos_label)
    facts = _ranking_facts(curve.summary)
    if not curve.summary.positive_known:
        return None, None, None, facts
    x = np.empty(curve.points())
    y = np.empty(curve.points())
    thresholds = np.empty(curve.thresholds())
    curve.write(x, y, thresholds)
    return x, y, thresholds, facts


def ranking_outcomes(y_true, y_score, sample_weight, pos_label):
    """(five rows: tn, fp, fn, tp, thresholds, descending; facts)"""
    cdef RankingOutcomes outcomes = c_ranking_outcomes(
        y_true, y_score, sample_weight, pos_label)
    facts = _ranking_facts(outcomes.summary)
    if not outcomes.summary.positive_known:
        return None, facts
    rows = np.empty((5, outcomes.size()))
    outcomes.write(rows)
    return rows, facts


cdef extern from "lstmetrics/metrics/formulas/ranking_averages.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class RankingMetric(uint8_t):
        roc_auc
        average_precision
        roc_auc_error

    cdef cppclass RankingColumns:
        vector[double] values
        double average
        cbool one_class
        cbool no_positives
        cbool not_monotonic


cdef extern from "border/scores.hpp" namespace "lstmetrics::border":
    cdef cppclass RankingColumnsAnswer:
        RankingColumns columns
        size_t labels
        cbool fits
        cbool rows_sum_to_one

    RankingColumnsAnswer c_multiclass "lstmetrics::border::multiclass_ranking"(
        RankingMetric, object, object, object, object, Average) except +set_python_error
    RankingColumnsAnswer c_one_vs_one "lstmetrics::border::one_vs_one_roc_auc"(
        object, object, object, cbool) except +set_python_error
    RankingColumnsAnswer c_multilabel "lstmetrics::border::multilabel_ranking"(
        RankingMetric, object, object, object, Average, double) except +set_python_error
    RankingColumnsAnswer c_samples "lstmetrics::border::samples_ranking"(
        RankingMetric, object, object, object, double) except +set_python_error


RANKING_METRICS = {
    "roc_auc": <int>RankingMetric.roc_auc,
    "average_precision": <int>RankingMetric.average_precision,
    "roc_auc_error": <int>RankingMetric.roc_auc_error,
}


# a number or, of average 0, an array; (whether there are as many labels as columns, whether rows
# sum to one, whether a column has one class alone, or no positives, whether weights run back)
cdef tuple _ranking_columns(const RankingColumnsAnswer& answer, int average):
    cdef const RankingColumns* columns = &answer.columns
    facts = (answer.fits, answer.rows_sum_to_one, columns.one_class, columns.no_positives,
             columns.not_monotonic)
    if average == <int>Average.per_label:
        return np.array(<list>columns.values), facts
    return columns.average, facts


def multiclass_ranking(int metric, y_true, y_score, sample_weight, labels, int average):
    """(average or values, facts): each class against the rest, by its column of scores"""
    return _ranking_columns(c_multiclass(
        <RankingMetric>metric, y_true, y_score, sample_weight, labels, <Average>average), average)


def one_vs_one_roc_auc(y_true, y_score, labels, bint weighted):
    """(average, facts): each class against each other"""
    return _ranking_columns(
        c_one_vs_one(y_true, y_score, labels, weighted), <int>Average.macro)


def multilabel_ranking(int metric, y_true, y_score, sample_weight, int average, double max_fpr):
    """(average or values, facts): y_true is a matrix of 0 and 1"""
    return _ranking_columns(c_multilabel(
        <RankingMetric>metric, y_true, y_score, sample_weight, <Average>average, max_fpr),
        average)


def samples_ranking(int metric, y_true, y_score, sample_weight, double max_fpr):
    """(average over rows, facts): y_true is a matrix of 0 and 1"""
    return _ranking_columns(
        c_samples(<RankingMetric>metric, y_true, y_score, sample_weight, max_fpr),
        <int>Average.macro)
