import Scaling
import Testing

struct TrainedRunTests {
  @Test func aRowWeighsOneUnlessSaidOtherwise() {
    #expect(TrainedRun(parameters: 1e6, tokens: 2e7, loss: 3).weight == 1)
  }
}
