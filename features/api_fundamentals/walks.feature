Feature: Walks
  Two clients use the API at random: they make wallets and cards, move money, repeat requests under their keys and reach
  for what is the other's. A small model of the documented rules says what may come of it. Each night walks elsewhere, as
  the seed has it; what differs is shrunk to the fewest steps and printed as a scenario.

  @HARNESS-30 @inferred
  Rule: In whatever order the documented calls are made, answers and states are such that all rules hold together
    @id:walk.one-by-one
    Scenario Outline: All rules hold together on walk <walk>, one thing after another
      When two clients do 60 things at random
      Then the model of the rules allows all that was answered

      Examples:
        | walk |
        | one  |
        | two  |

    @id:walk.at-once
    Scenario Outline: All rules hold together on walk <walk>, some things at once
      When two clients do 60 things at random, some of them at once
      Then the model of the rules allows all that was answered

      Examples:
        | walk  |
        | three |
        | four  |
