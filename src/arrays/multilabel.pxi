# Samples with any number of labels.

cdef extern from "border/multilabel.hpp" namespace "lstmetrics::border":
    cdef enum class MultilabelMetric(uint8_t):
        accuracy
        correct
        error_rate
        errors
        hamming_loss

    AccuracyAnswer c_multilabel_metric "lstmetrics::border::multilabel_metric"(
        MultilabelMetric, object, object, object) except +set_python_error

    cdef cppclass MultilabelFacts:
        size_t samples
        cbool weights_cancel

    cdef cppclass MultilabelPrfAnswer:
        PrfResult scores
        MultilabelFacts facts

    MultilabelPrfAnswer c_multilabel_prf "lstmetrics::border::multilabel_prf"(
        object, object, object, const PrfOptions&) except +set_python_error

    cdef cppclass MultilabelJaccardAnswer:
        JaccardResult scores
        MultilabelFacts facts

    MultilabelJaccardAnswer c_multilabel_jaccard "lstmetrics::border::multilabel_jaccard"(
        object, object, object, const JaccardOptions&) except +set_python_error

    cdef cppclass MultilabelReport:
        ClassificationReport labels
        PrfResult samples

    cdef cppclass MultilabelReportAnswer:
        MultilabelReport report
        MultilabelFacts facts

    MultilabelReportAnswer c_multilabel_report "lstmetrics::border::multilabel_report"(
        object, object, object, double) except +set_python_error

    cdef cppclass LabelMatrices:
        cbool weights_cancel
        size_t size()
        void write(object) except +set_python_error

    LabelMatrices c_label_matrices "lstmetrics::border::label_matrices"(
        object, object, object) except +set_python_error

    void c_sample_matrices "lstmetrics::border::sample_matrices"(
        object, object, object, object) except +set_python_error


MULTILABEL_METRICS = {
    "accuracy": <int>MultilabelMetric.accuracy,
    "correct": <int>MultilabelMetric.correct,
    "error_rate": <int>MultilabelMetric.error_rate,
    "errors": <int>MultilabelMetric.errors,
    "hamming_loss": <int>MultilabelMetric.hamming_loss,
}


def multilabel_metric(y_true, y_pred, sample_weight, int metric):
    """(value, whether the weights add up to zero)"""
    cdef AccuracyAnswer answer = c_multilabel_metric(
        <MultilabelMetric>metric, y_true, y_pred, sample_weight)
    return answer.value, answer.weights_cancel


def multilabel_scores(
    y_true, y_pred, sample_weight, int average, double beta, double zero_division
):
    """Precision, recall, F and support as a tuple, and facts, as precision_recall_fscore."""
    cdef PrfOptions options
    options.beta = beta
    options.average = <Average>average
    options.zero_division = zero_division
    cdef MultilabelPrfAnswer answer = c_multilabel_prf(y_true, y_pred, sample_weight, options)
    cdef PrfResult* scores = &answer.scores
    facts = (_undefined(scores), scores.entries.size(), *_multilabel_facts(answer.facts))
    if average == 0:
        return _per_label(scores, sample_weight is None), facts
    return (*_average(scores[0]), None), facts


cdef tuple _multilabel_facts(const MultilabelFacts& facts):
    return facts.samples, facts.weights_cancel


def multilabel_jaccard(y_true, y_pred, sample_weight, int average, double zero_division):
    """(a number for an average, an array for average 0, facts)"""
    cdef JaccardOptions options
    options.average = <Average>average
    options.zero_division = zero_division
    cdef MultilabelJaccardAnswer answer = c_multilabel_jaccard(
        y_true, y_pred, sample_weight, options)
    cdef JaccardResult* scores = &answer.scores
    facts = (scores.undefined, scores.entries.size(), *_multilabel_facts(answer.facts))
    return np.array(<list>scores.entries) if average == 0 else scores.average, facts


def multilabel_report(y_true, y_pred, sample_weight, double zero_division):
    """(scores per label, averages, which are undefined, facts), as classification_report

    The last average is that over samples; the facts are the support, the number of samples and
    whether the weights add up to zero.
    """
    cdef MultilabelReportAnswer answer = c_multilabel_report(
        y_true, y_pred, sample_weight, zero_division)
    cdef ClassificationReport* labels = &answer.report.labels
    cdef PrfResult* samples = &answer.report.samples
    undefined = (_undefined(&labels.per_label), _undefined(&labels.micro),
                 _undefined(&labels.macro), _undefined(&labels.weighted), _undefined(samples))
    averages = (_average(labels.micro), _average(labels.macro), _average(labels.weighted),
                _average(samples[0]))
    facts = (labels.support, *_multilabel_facts(answer.facts))
    return _per_label(&labels.per_label, sample_weight is None), averages, undefined, facts


def label_matrices(y_true, y_pred, sample_weight):
    """(a 2 x 2 matrix for each label, whether the weights add up to zero)"""
    cdef LabelMatrices table = c_label_matrices(y_true, y_pred, sample_weight)
    matrices = np.empty((table.size(), 2, 2), np.int64 if sample_weight is None else np.float64)
    table.write(matrices)
    return matrices, table.weights_cancel


def sample_matrices(y_true, y_pred, sample_weight):
    """A 2 x 2 matrix for each sample."""
    matrices = np.empty((len(y_true), 2, 2), np.int64 if sample_weight is None else np.float64)
    c_sample_matrices(y_true, y_pred, sample_weight, matrices)
    return matrices
