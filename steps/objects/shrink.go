package objects

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
)

// shrink returns the smallest object that it finds for which shows is still true, with at most so many tries. The
// object itself counts as shown. An error of shows ends it.
func shrink(object map[string]any, tries int, shows func(map[string]any) (bool, error)) (map[string]any, error) {
	for again := true; again; {
		again = false
		for candidate := range smaller(object) {
			simpler, isObject := candidate.(map[string]any)
			if !isObject {
				continue
			}
			if tries--; tries < 0 {
				return object, nil
			}
			shown, err := shows(simpler)
			if err != nil {
				return object, err
			}
			if shown {
				object, again = simpler, true
				break
			}
		}
	}
	return object, nil
}

// smaller are the values one step smaller than a value, those that leave out most first: halves and then single
// members left out, a value in place of what holds it, its own parts smaller, names and texts cut.
func smaller(value any) iter.Seq[any] {
	return func(yield func(any) bool) {
		switch value := value.(type) {
		case map[string]any:
			_ = smallerObject(value, yield)
		case []any:
			_ = smallerList(value, yield)
		case string:
			if value != "" {
				_ = yield("") && eachHalf([]rune(value), func(half []rune) bool { return yield(string(half)) })
			}
		case json.Number:
			if value != "0" {
				yield(json.Number("0"))
			}
		}
	}
}

func smallerObject(object map[string]any, yield func(any) bool) bool {
	names := slices.Sorted(maps.Keys(object))
	for size := (len(names) + 1) / 2; size > 0; size /= 2 {
		for gone := range slices.Chunk(names, size) {
			rest := maps.Clone(object)
			for _, name := range gone {
				delete(rest, name)
			}
			if !yield(rest) {
				return false
			}
		}
	}
	for _, name := range names {
		if holds(object[name]) && !yield(object[name]) {
			return false
		}
	}
	for _, name := range names {
		for part := range smaller(object[name]) {
			with := maps.Clone(object)
			if with[name] = part; !yield(with) {
				return false
			}
		}
		if name == "" {
			continue
		}
		named := func(cut []rune) bool {
			with := maps.Clone(object)
			delete(with, name)
			with[string(cut)] = object[name]
			return yield(with)
		}
		if !eachHalf([]rune(name), named) {
			return false
		}
	}
	return true
}

func smallerList(list []any, yield func(any) bool) bool {
	for size := (len(list) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(list); from += size {
			// An empty list is not null: it is made even where nothing is left.
			if !yield(append(append([]any{}, list[:from]...), list[min(from+size, len(list)):]...)) {
				return false
			}
		}
	}
	for _, one := range list {
		if !yield(one) {
			return false
		}
	}
	for i, one := range list {
		for part := range smaller(one) {
			with := slices.Clone(list)
			if with[i] = part; !yield(with) {
				return false
			}
		}
	}
	return true
}

// holds reports whether a value holds others.
func holds(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) > 0
	case []any:
		return len(value) > 0
	}
	return false
}

// eachHalf visits a text without its first and its last part, half of it first and single letters at last, and a short
// one without each of its letters.
func eachHalf(text []rune, visit func([]rune) bool) bool {
	for size := len(text) / 2; size > 0; size /= 2 {
		if !visit(text[:len(text)-size]) || !visit(text[size:]) {
			return false
		}
	}
	for i := 1; len(text) <= 8 && i < len(text)-1; i++ {
		if !visit(slices.Concat(text[:i], text[i+1:])) {
			return false
		}
	}
	return true
}
