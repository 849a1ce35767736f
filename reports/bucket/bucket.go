// Package bucket keeps the nights of a history in an S3-compatible bucket and fetches them from there.
//
// What walks in is an address such as s3+https://host/bucket/prefix; what walks out is a folder with the nights.
// Credentials come from the environment, as every tool of that kind has them; without any the bucket is asked
// anonymously.
package bucket

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"
)

// The bounds of a history: so many objects are looked at, each up to so many bytes, some at once.
const (
	mostObjects = 20_000
	mostBytes   = 64 << 20
	atOnce      = 8
	timeout     = 5 * time.Minute
	reachWithin = 20 * time.Second
	attempts    = 3
)

// Is reports whether a place of nights is a bucket and not a folder.
func Is(place string) bool {
	return strings.HasPrefix(place, "s3+http://") || strings.HasPrefix(place, "s3+https://")
}

// Bucket is a place in a bucket: everything under a prefix.
type Bucket struct {
	client       *minio.Client
	name, prefix string
}

// At takes the address of a place apart and asks nobody yet. Getenv is where credentials come from:
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION.
func At(place string, getenv func(string) string) (*Bucket, error) {
	u, err := url.Parse(strings.TrimPrefix(place, "s3+"))
	if err != nil {
		return nil, fmt.Errorf("%q is no address of a bucket; write it like s3+https://host/bucket/prefix", place)
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if u.Host == "" || name == "" {
		return nil, fmt.Errorf("%q names no bucket; write it like s3+https://host/bucket/prefix", place)
	}
	region := cmp.Or(getenv("AWS_REGION"), "us-east-1")
	keys := credentials.NewStaticV4(getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"))
	client, err := minio.New(u.Host, &minio.Options{Creds: keys, Secure: u.Scheme == "https", Region: region,
		BucketLookup: minio.BucketLookupPath, MaxRetries: attempts})
	if err != nil {
		return nil, fmt.Errorf("the bucket %s at %s: %w", name, u.Host, err)
	}
	if prefix != "" {
		prefix += "/"
	}
	return &Bucket{client, name, prefix}, nil
}

// Fetch copies the nights of the place into a folder, keeping their paths: night.json of each, or run.json where it
// has none.
func (b *Bucket) Fetch(ctx context.Context, folder string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	keys, err := b.nights(ctx)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, key := range keys {
		all.Go(func() error { return b.copy(ctx, key, folder) })
	}
	return all.Wait()
}

// Open reads the one object whose address the place is. What is not there is [fs.ErrNotExist].
func (b *Bucket) Open(ctx context.Context) (io.ReadCloser, error) {
	key := strings.TrimSuffix(b.prefix, "/")
	object, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat()
	}
	switch {
	case minio.ToErrorResponse(err).Code == minio.NoSuchKey:
		return nil, fmt.Errorf("%q of the bucket %s: %w", key, b.name, fs.ErrNotExist)
	case err != nil:
		return nil, b.failed("reading", key, err)
	}
	return object, nil
}

// Reach asks for something that is not there, before anything is performed whose results go to the place.
func (b *Bucket) Reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	object, err := (&Bucket{b.client, b.name, b.prefix + ".kobcheck"}).Open(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = object.Close()
	}
	return err
}

// Leave writes the one object whose address the place is, unless it is there: then the error is [fs.ErrExist].
func (b *Bucket) Leave(ctx context.Context, text []byte) error {
	key := strings.TrimSuffix(b.prefix, "/")
	switch object, err := b.Open(ctx); {
	case err == nil:
		return errors.Join(fs.ErrExist, object.Close())
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	_, err := b.client.PutObject(ctx, b.name, key, bytes.NewReader(text), int64(len(text)), minio.PutObjectOptions{DisableMultipart: true})
	if err != nil {
		return b.failed("writing", key, err)
	}
	return nil
}

// Push writes every file of a report folder to the place, keeping their paths below the folder, and returns how many.
// What a writer has under way (names that begin with a dot) is left out.
func (b *Bucket) Push(ctx context.Context, folder string) (int, error) {
	var paths []string
	err := filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		switch hidden := at != folder && strings.HasPrefix(entry.Name(), "."); {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case !hidden && entry.Type().IsRegular():
			paths = append(paths, at)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("reading %s, to push it: %w", folder, err)
	}
	if len(paths) == 0 {
		return 0, fmt.Errorf("there is no file in %s to push: %w", folder, fs.ErrNotExist)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, at := range paths {
		all.Go(func() error {
			name, err := filepath.Rel(folder, at)
			if err != nil {
				return err
			}
			_, err = b.client.FPutObject(ctx, b.name, b.prefix+filepath.ToSlash(name), at, minio.PutObjectOptions{DisableMultipart: true})
			if err != nil {
				return b.failed("writing", name, err)
			}
			return nil
		})
	}
	return len(paths), all.Wait()
}

// nights returns the keys of the nights.
func (b *Bucket) nights(ctx context.Context) ([]string, error) {
	ctx, stop := context.WithCancel(ctx) // ends a list that is left early
	defer stop()
	at := map[string]int{}
	var keys []string
	seen := 0
	for one := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if one.Err != nil {
			return nil, b.failed("listing", b.prefix, one.Err)
		}
		if seen++; seen > mostObjects {
			return nil, fmt.Errorf("listing %s: more than %d objects under %q; give a narrower prefix", b.name, mostObjects, b.prefix)
		}
		place, name := path.Split(one.Key)
		if name != "night.json" && name != "run.json" {
			continue
		}
		if i, there := at[place]; !there {
			at[place] = len(keys)
			keys = append(keys, one.Key)
		} else if name == "night.json" {
			keys[i] = one.Key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("there is no night.json and no run.json under %q in the bucket %s", b.prefix, b.name)
	}
	return keys, nil
}

// copy writes an object below the folder. A key that would lead out of it is refused.
func (b *Bucket) copy(ctx context.Context, key, folder string) error {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return fmt.Errorf("the key %q leads out of the folder", key)
	}
	object, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return b.failed("reading", key, err)
	}
	defer func() { _ = object.Close() }() // it is only read
	data, err := io.ReadAll(io.LimitReader(object, mostBytes+1))
	switch {
	case err != nil:
		return b.failed("reading", key, err)
	case len(data) > mostBytes:
		return fmt.Errorf("%q of the bucket %s is larger than %d MB", key, b.name, mostBytes>>20)
	}
	to := filepath.Join(folder, filepath.FromSlash(key))
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600))
}

// failed says what could not be done and, where the bucket refused it, what decides that.
func (b *Bucket) failed(what, key string, err error) error {
	if answer, is := errors.AsType[minio.ErrorResponse](err); is && answer.StatusCode >= 400 {
		return fmt.Errorf("%s %q of the bucket %s: answered %d (%w); credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "+
			"the region from AWS_REGION", what, key, b.name, answer.StatusCode, err)
	}
	return fmt.Errorf("%s %q of the bucket %s: %w", what, key, b.name, err)
}
