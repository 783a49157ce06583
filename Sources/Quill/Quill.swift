// What a program gets with `import Quill`: the six types of this module, and the values that they take and give.
@_exported public import enum Compute.CacheFormat
@_exported public import enum Compute.Precision
@_exported public import enum Compute.WeightFormat
@_exported public import Corpora
@_exported public import Insight
@_exported public import Sampling
@_exported public import ScalingLaws
@_exported public import Storage
@_exported public import Tokenization
@_exported public import Training
