#!/bin/sh
# a card is read
# b (cards/get_card_by_id.feature:7)
# needs curl and jq
set -u
fresh() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr A-Z a-z; }

# call 1: cards-get, was answered 200
ANSWER=$(curl -sS -i -g --path-as-is -X GET http://127.0.0.1/cards/x -H Accept:)
printf '%s\n' "$ANSWER"
# finding at call 1: it differs
#   expected "ACTIVE"
#   was      "INACTIVE"
