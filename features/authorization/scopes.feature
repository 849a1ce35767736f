Feature: Which scope opens what
  No page has a table of scopes and operations (C-08). What this target does is noted, cell by cell, and a
  change from one night to the next shows in its profile.

  @AUTH-11 @stated
  Rule: The scope decides how much access the token gives
    @id:scopes.matrix @gap:C-08
    Scenario Outline: Which operations a token of the scope "<scope name>" opens is recorded
      When we call every operation with a token of the scope "<scope name>"
      Then which operations it opens is recorded

      Examples:
        | scope name          |
        | client/read         |
        | client/write        |
        | administrator/read  |
        | administrator/write |
