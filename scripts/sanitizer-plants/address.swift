// One beyond the end, which the compiler cannot know.
let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 4)
numbers.initialize(repeating: 0, count: 4)
_ = String(numbers[3 + CommandLine.arguments.count])
