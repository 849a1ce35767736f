Feature: Healthcheck
  The operation is known by its name and method only; its path comes from whoever operates the target.

  @HEALTH-01 @stated
  Rule: A Healthcheck operation with method GET exists, listed under API Fundamentals
    @id:healthcheck.answers
    Scenario: The healthcheck answers
      When we call "Healthcheck"
      Then the call succeeds
