# Agreement beyond chance.

cdef extern from "lstmetrics/metrics/formulas/agreement.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class Disagreement(uint8_t):
        nominal
        linear
        quadratic

    cdef cppclass Kappa:
        double value
        cbool no_samples
        cbool one_label

    cdef cppclass LikelihoodRatios:
        double positive
        double negative
        cbool no_positives
        cbool no_true_positives
        cbool no_false_positives
        cbool no_true_negatives


cdef extern from "border/agreement.hpp" namespace "lstmetrics::border":
    cdef cppclass AgreementFacts:
        size_t labels_seen
        size_t labels_selected
        cbool any_true
        cbool weights_cancel

    cdef cppclass BalancedAccuracyAnswer:
        BalancedAccuracy score
        AgreementFacts facts

    BalancedAccuracyAnswer c_balanced_accuracy "lstmetrics::border::balanced_accuracy"(
        object, object, object, cbool) except +set_python_error

    cdef cppclass CorrelationAnswer:
        double value
        AgreementFacts facts

    CorrelationAnswer c_matthews "lstmetrics::border::matthews_corrcoef"(
        object, object, object) except +set_python_error

    cdef cppclass KappaAnswer:
        Kappa kappa
        AgreementFacts facts

    KappaAnswer c_kappa "lstmetrics::border::cohen_kappa"(
        object, object, object, object, Disagreement) except +set_python_error

    cdef cppclass LikelihoodAnswer:
        LikelihoodRatios ratios
        AgreementFacts facts

    LikelihoodAnswer c_likelihood "lstmetrics::border::likelihood_ratios"(
        object, object, object, object) except +set_python_error


DISAGREEMENTS = {
    None: <int>Disagreement.nominal,
    "linear": <int>Disagreement.linear,
    "quadratic": <int>Disagreement.quadratic,
}


cdef tuple _agreement_facts(const AgreementFacts& facts):
    return facts.labels_seen, facts.labels_selected, facts.any_true, facts.weights_cancel


def balanced_accuracy(y_true, y_pred, sample_weight, bint adjusted):
    """(value, whether a predicted label is never true, facts)"""
    cdef BalancedAccuracyAnswer answer = c_balanced_accuracy(
        y_true, y_pred, sample_weight, adjusted)
    return answer.score.value, answer.score.labels_dropped, _agreement_facts(answer.facts)


def matthews_corrcoef(y_true, y_pred, sample_weight):
    """(value, facts)"""
    cdef CorrelationAnswer answer = c_matthews(y_true, y_pred, sample_weight)
    return answer.value, _agreement_facts(answer.facts)


def cohen_kappa(y1, y2, sample_weight, labels, int disagreement):
    """(value, whether no sample has selected labels, whether there is one label, facts)"""
    cdef KappaAnswer answer = c_kappa(
        y1, y2, sample_weight, labels, <Disagreement>disagreement)
    cdef Kappa kappa = answer.kappa
    return kappa.value, kappa.no_samples, kappa.one_label, _agreement_facts(answer.facts)


def likelihood_ratios(y_true, y_pred, sample_weight, labels):
    """((positive, negative), which counts are zero: P, TP, FP, TN, facts)"""
    cdef LikelihoodAnswer answer = c_likelihood(y_true, y_pred, sample_weight, labels)
    cdef LikelihoodRatios ratios = answer.ratios
    zeros = (ratios.no_positives, ratios.no_true_positives, ratios.no_false_positives,
             ratios.no_true_negatives)
    return (ratios.positive, ratios.negative), zeros, _agreement_facts(answer.facts)
