import { gaugeOverTime } from '../shapes/gauge-over-time.ts';
import { quantileOverTime } from '../shapes/quantile-over-time.ts';

/** How fast the neural pipeline processes what the boards deliver. */

const SIGNAL_PROCESSING = 'neural_signal_processing_duration_seconds';

export const signalProcessingP95 = quantileOverTime(SIGNAL_PROCESSING, {
  name: 'signal processing latency, 95th percentile',
  legend: '95th percentile',
  percentile: 95,
});

export const signalProcessingMedian = quantileOverTime(SIGNAL_PROCESSING, {
  name: 'signal processing latency, median',
  legend: 'Median',
  percentile: 50,
});

export const featureExtractionP95 = quantileOverTime('neural_feature_extraction_duration_seconds', {
  name: 'feature extraction time, 95th percentile',
  legend: 'Feature extraction',
  percentile: 95,
});

export const modelInferenceP95 = quantileOverTime('neural_model_inference_duration_seconds', {
  name: 'model inference latency by model, 95th percentile',
  legend: 'Inference · {{model_id}}',
  by: ['model_id'],
  percentile: 95,
});

export const throughput = gaugeOverTime('neural_processing_throughput_samples_per_second', {
  name: 'processing throughput by device',
  legend: '{{device_id}}',
  by: ['device_id'],
});

export const accuracy = gaugeOverTime('neural_processing_accuracy_ratio', {
  name: 'processing accuracy by model',
  legend: '{{model_id}}',
  by: ['model_id'],
});

export const monitoringOverheadP95 = quantileOverTime('neural_monitor_overhead_seconds', {
  name: 'monitoring overhead by stage, 95th percentile',
  legend: '{{stage}}',
  by: ['stage'],
  percentile: 95,
});
