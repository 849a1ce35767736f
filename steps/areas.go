package steps

// areas lists the files of the vocabulary; each returns its own sentences.
var areas = []func() []Definition{
	givenSentences, requestSentences, callSentences, tokenSentences,
	answerSentences, readingSentences, listSentences, relationSentences, idempotencySentences,
	cardOrderSentences, moneySentences, effectSentences, standardSentences, contentSentences, burstSentences, slowingSentences, derivedSentences, loadSentences, webhookSentences, scopeSentences,
}
