package contract

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// MostBytes bounds the files that people write for this program.
const MostBytes = 4 << 20

// ReadFile reads a file that a person has written. One that has more than [MostBytes] is an error.
func ReadFile(path string) ([]byte, error) {
	from, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(from, MostBytes+1))
	if err == nil && len(data) > MostBytes {
		err = fmt.Errorf("%s has more than %d bytes, which nobody writes", path, MostBytes)
	}
	return data, errors.Join(err, from.Close())
}
