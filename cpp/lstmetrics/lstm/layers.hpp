// The makers of layers, one for each kind of spec; make_layer chooses among them.
#pragma once

#include <memory>

#include "lstmetrics/lstm/layer.hpp"

namespace lstmetrics::lstm {

// Step by step.
std::unique_ptr<Layer> make_embedding(const EmbeddingSpec& spec, Precision precision);
std::unique_ptr<Layer> make_masking(const MaskingSpec& spec);
std::unique_ptr<Layer> make_dense(const DenseSpec& spec, std::size_t features, Precision precision);
std::unique_ptr<Layer> make_activation(const ActivationSpec& spec);
std::unique_ptr<Layer> make_normalization(const LayerNormalizationSpec& spec, std::size_t features);
std::unique_ptr<Layer> make_normalization(const BatchNormalizationSpec& spec, std::size_t features);

// Over the steps in their order; `slot` is the first of the slots that the layer has.
std::unique_ptr<Layer> make_lstm(const LstmSpec& spec, std::size_t features, std::size_t slot,
                                 Precision precision);
std::unique_ptr<Layer> make_bidirectional(const BidirectionalSpec& spec, std::size_t features,
                                          std::size_t slot, Precision precision);

// Over windows of steps, or all of them.
std::unique_ptr<Layer> make_convolution(const Conv1dSpec& spec, std::size_t features,
                                        const std::string& name, Precision precision);
std::unique_ptr<Layer> make_max_pooling(const MaxPooling1dSpec& spec, const std::string& name);
std::unique_ptr<Layer> make_global_pooling(const GlobalPoolingSpec& spec);
std::unique_ptr<Layer> make_take_step(const TakeStepSpec& spec, const std::string& name);

// Of several values, or into another shape.
std::unique_ptr<Layer> make_merge(const MergeSpec& spec, const std::string& name);
std::unique_ptr<Layer> make_flatten(const std::string& name);

}  // namespace lstmetrics::lstm
