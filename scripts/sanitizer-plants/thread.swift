// Two threads write one number, and neither waits.
import Glibc

let number = UnsafeMutablePointer<Int>.allocate(capacity: 1)
number.initialize(to: 0)
var thread = pthread_t()
pthread_create(
  &thread, nil,
  {
    $0!.assumingMemoryBound(to: Int.self).pointee += 1
    return nil
  }, number)
number.pointee += 1
pthread_join(thread, nil)
