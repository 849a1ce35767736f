package schemas

import (
	"encoding/json"
	"strings"
	"testing"
)

func BenchmarkAValidCard(b *testing.B) {
	set := loaded(b)
	for b.Loop() {
		if violations, err := set.Check("Card", []byte(card)); err != nil || len(violations) > 0 {
			b.Fatal(violations, err)
		}
	}
}

func BenchmarkABrokenCard(b *testing.B) {
	set, body := loaded(b), with(b, card, "status", `"CLOSED"`)
	for b.Loop() {
		if violations, err := set.Check("Card", body); err != nil || len(violations) != 1 {
			b.Fatal(violations, err)
		}
	}
}

func BenchmarkAListOfAHundredCards(b *testing.B) {
	set, body := loaded(b), []byte("["+strings.Repeat(card+",", 99)+card+"]")
	for b.Loop() {
		if violations, err := set.CheckList("Card", body); err != nil || len(violations) > 0 {
			b.Fatal(violations, err)
		}
	}
}

func BenchmarkDecodingAHundredCards(b *testing.B) {
	body := []byte("[" + strings.Repeat(card+",", 99) + card + "]")
	b.Run("strictly", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if _, err := Decode(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var value any
			if err := json.Unmarshal(body, &value); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(files); err != nil {
			b.Fatal(err)
		}
	}
}
