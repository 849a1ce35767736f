package bucket

import (
	"context"
	"os"
)

// Open returns the folder of a history and what removes it again: a bucket is copied into one.
func Open(ctx context.Context, place string, getenv func(string) string) (string, func(), error) {
	if !Is(place) {
		return place, func() {}, nil
	}
	from, err := At(place, getenv)
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "kobcheck-nights-*")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(folder) } // it is a copy
	if err := from.Fetch(ctx, folder); err != nil {
		remove()
		return "", nil, err
	}
	return folder, remove, nil
}
