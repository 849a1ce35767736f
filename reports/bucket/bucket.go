// Package bucket fetches the nights of a history from an S3-compatible bucket.
//
// What walks in is an address such as s3+https://host/bucket/prefix; what walks out is a folder that
// [reports.ReadNights] reads. Credentials come from the environment, as every tool of that kind has them; without
// any the bucket is asked anonymously.
package bucket

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"golang.org/x/sync/errgroup"
)

// The bounds of a history: so many objects are looked at, each up to so many bytes, some at once.
const (
	mostObjects = 20_000
	mostBytes   = 64 << 20
	atOnce      = 8
	timeout     = 5 * time.Minute
)

// emptyHash is the SHA-256 of no content, which the signature of a GET takes.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Is reports whether a place of nights is a bucket and not a folder.
func Is(place string) bool {
	return strings.HasPrefix(place, "s3+http://") || strings.HasPrefix(place, "s3+https://")
}

// bucket is one under an endpoint.
type bucket struct {
	endpoint     *url.URL
	name, prefix string
	credentials  aws.Credentials
	region       string
	client       *http.Client
}

// Fetch copies the nights of a bucket into a folder, keeping their paths: night.json of each place, or run.json
// where it has none. Getenv is where credentials come from: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
// AWS_SESSION_TOKEN and AWS_REGION.
func Fetch(ctx context.Context, place, folder string, getenv func(string) string) error {
	b, err := parse(place, getenv)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	keys, err := b.list(ctx)
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

func parse(place string, getenv func(string) string) (*bucket, error) {
	u, err := url.Parse(strings.TrimPrefix(place, "s3+"))
	if err != nil {
		return nil, fmt.Errorf("%q is no address of a bucket; write it like s3+https://host/bucket/prefix", place)
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if u.Host == "" || name == "" {
		return nil, fmt.Errorf("%q names no bucket; write it like s3+https://host/bucket/prefix", place)
	}
	b := &bucket{endpoint: &url.URL{Scheme: u.Scheme, Host: u.Host}, name: name, prefix: prefix, region: getenv("AWS_REGION"), client: &http.Client{Timeout: timeout},
		credentials: aws.Credentials{AccessKeyID: getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: getenv("AWS_SESSION_TOKEN")}}
	if b.region == "" {
		b.region = "us-east-1"
	}
	if prefix != "" {
		b.prefix += "/"
	}
	return b, nil
}

// listing is the answer of ListObjectsV2.
type listing struct {
	Contents []struct {
		Key  string `xml:"Key"`
		Size int64  `xml:"Size"`
	} `xml:"Contents"`
	Truncated bool   `xml:"IsTruncated"`
	Next      string `xml:"NextContinuationToken"`
}

// list returns the keys of the nights.
func (b *bucket) list(ctx context.Context) ([]string, error) {
	chosen := map[string]string{} // by place, night.json before run.json
	var places []string
	seen := 0
	for next := ""; ; {
		query := url.Values{"list-type": {"2"}, "prefix": {b.prefix}}
		if next != "" {
			query.Set("continuation-token", next)
		}
		data, err := b.get(ctx, "", query)
		if err != nil {
			return nil, err
		}
		var page listing
		if err := xml.Unmarshal(data, &page); err != nil {
			return nil, fmt.Errorf("listing %s: the answer is no list of objects: %w", b.name, err)
		}
		for _, one := range page.Contents {
			at, name := path.Split(one.Key)
			if name != "night.json" && name != "run.json" {
				continue
			}
			if chosen[at] == "" {
				places = append(places, at)
			}
			if name == "night.json" || chosen[at] == "" {
				chosen[at] = one.Key
			}
		}
		if seen += len(page.Contents); seen > mostObjects {
			return nil, fmt.Errorf("listing %s: more than %d objects under %q; give a narrower prefix", b.name, mostObjects, b.prefix)
		}
		if next = page.Next; !page.Truncated || next == "" {
			break
		}
	}
	var keys []string
	for _, at := range places {
		keys = append(keys, chosen[at])
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("there is no night.json and no run.json under %q in the bucket %s", b.prefix, b.name)
	}
	return keys, nil
}

// copy writes an object below the folder. A key that would lead out of it is refused.
func (b *bucket) copy(ctx context.Context, key, folder string) error {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return fmt.Errorf("the key %q leads out of the folder", key)
	}
	data, err := b.get(ctx, key, nil)
	if err != nil {
		return err
	}
	to := filepath.Join(folder, filepath.FromSlash(key))
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o600))
}

// get reads an object, or with an empty key the bucket itself.
func (b *bucket) get(ctx context.Context, key string, query url.Values) ([]byte, error) {
	u := b.endpoint.JoinPath(b.name, key)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if b.credentials.AccessKeyID != "" {
		r.Header.Set("X-Amz-Content-Sha256", emptyHash)
		if err := v4.NewSigner().SignHTTP(ctx, b.credentials, r, emptyHash, "s3", b.region, time.Now()); err != nil {
			return nil, fmt.Errorf("signing a request to %s: %w", b.endpoint.Host, err)
		}
	}
	answer, err := b.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("reading the bucket %s: %w", b.name, err)
	}
	defer func() { _ = answer.Body.Close() }() // it is only read
	data, err := io.ReadAll(io.LimitReader(answer.Body, mostBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %q of the bucket %s: %w", key, b.name, err)
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("reading %q of the bucket %s: answered %s; credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region from AWS_REGION", key, b.name, answer.Status)
	case len(data) > mostBytes:
		return nil, fmt.Errorf("%q of the bucket %s is larger than %d MB", key, b.name, mostBytes>>20)
	}
	return data, nil
}
