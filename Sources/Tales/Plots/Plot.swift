/// A kind of story: its titles and how it goes on after the title.
struct Plot: Sendable {
  let tell: @Sendable (inout Narrator) -> Void

  init(_ tell: @escaping @Sendable (inout Narrator) -> Void) { self.tell = tell }

  /// All kinds, in the order of the alternatives of `titles`.
  static let all: [Plot] = [
    Plot(WalkPlot.tell), Plot(LostPlot.tell), Plot(GiftPlot.tell), Plot(MarketPlot.tell),
    Plot(PicnicPlot.tell), Plot(StormPlot.tell), Plot(HidePlot.tell), Plot(BakingPlot.tell),
    Plot(FindsPlot.tell), Plot(PetPlot.tell), Plot(TradePlot.tell), Plot(SnowPlot.tell),
    Plot(CupsPlot.tell), Plot(TidyPlot.tell),
  ]

  private static let titles: Phrase = """
    [[A Walk|The Long Way|Down the Path] to the {?z X}
    |[[The Lost|Looking for the] {?t T}|Who Has Seen the {?t T}?]
    |[A Gift|A Present|A Surprise] for {?C}
    |[Market Day|The Busy Market|Something to Sell]
    |[The Picnic|Lunch in the Grass|A Basket for Two]
    |[The Storm|Before the Rain|Thunder in the Hills]
    |[Hide and Seek|Ready or Not|The Best Hiding Place]
    |[Baking Day|Warm from the Oven|A Good Smell in the Kitchen]
    |[A Pocket Full of|A Treasure of|Many] {?g G}
    |{?P} and the {?t T}
    |[A Fair Trade|The Swap|Mine for Yours]
    |[The First Snow|The Snowman|A Cold White Day]
    |[The Cup Game|Under Which Cup?|Watch the Cups]
    |[The Messy Room|Time to Tidy Up|A Place for Everything]]
    """

  static func tellStory(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.bag.offer(.goods, Choices.finds)
    narrator.bag.offer(.thing, Choices.belongings)
    let plot = narrator.choose(titles)
    narrator.write("\n")
    all[plot].tell(&narrator)
    narrator.end()
  }
}
