package schemas

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"
	"pgregory.net/rapid"
)

func TestFormatsAreAsTheirStandardsHaveThem(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"date-time": {
			good: []string{
				"2025-01-14T16:56:58.947Z", "2025-01-14T16:56:58Z", "2025-01-14t16:56:58z", "2025-01-14T16:56:58.9Z",
				"2025-01-14T16:56:58.123456789012Z", "2025-01-14T16:56:58+11:00", "2025-01-14T16:56:58-09:30",
				"2016-12-31T23:59:60Z", "2017-01-01T10:59:60+11:00", "2016-12-31T15:59:60.5-08:00",
				"2024-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "2025-01-14T00:00:00-00:00",
			},
			bad: []string{
				"", "2025-01-14", "16:56:58", "025-01-13T17:32:03.718Z", "2025-01-14T16:56:58", "2025-01-14 16:56:58Z",
				"2025-01-14T16:56Z", "2025-01-14T6:56:58Z", "2025-01-14T16:56:58,947Z", "2025-01-14T16:56:58.Z",
				"2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-01-32T00:00:00Z", "2025-01-14T24:00:00Z",
				"2025-01-14T16:60:00Z", "2025-01-14T16:56:61Z", "2025-01-14T16:56:60Z", "2016-12-31T23:59:60+01:00",
				"2025-01-14T16:56:58+24:00", "2025-01-14T16:56:58+11:60", "2025-01-14T16:56:58+1100", "2025-01-14T16:56:58+11",
				"2025-01-14T16:56:58ZZ", "2025-01-14T16:56:58Z ", " 2025-01-14T16:56:58Z", "2025-01-14T16:56:58.947",
				"2025-01-14T16:56:58\u00b2Z", "٢٠٢٥-01-14T16:56:58Z", "1736873818947",
			},
		},
		"date": {
			good: []string{"1970-01-01", "2024-02-29"},
			bad:  []string{"", "1970-1-1", "01/01/1970", "2025-02-29", "1970-01-01T00:00:00Z", "1970-01-01 "},
		},
		"uuid": {
			good: []string{
				"1b8ecc17-4edd-4b74-ae4f-208aeb78f105", "1B8ECC17-4EDD-4B74-AE4F-208AEB78F105",
				"13655985-8198-ffde-7afe-6abc661df281", "00000000-0000-0000-0000-000000000000",
				"95df01b4-ee98-5cb9-9903-4c221d41eb5e",
			},
			bad: []string{
				"", "1b8ecc17", "1b8ecc174edd4b74ae4f208aeb78f105", "{1b8ecc17-4edd-4b74-ae4f-208aeb78f105}",
				"1b8ecc17-4edd-4b74-ae4f-208aeb78f10", "1b8ecc17-4edd-4b74-ae4f-208aeb78f1055",
				"1b8ecc17-4edd-4b74-ae4f-208aeb78f10g",
				"1b8ecc174-edd-4b74-ae4f-208aeb78f105", "1b8ecc17_4edd_4b74_ae4f_208aeb78f105",
				"urn:uuid:1b8ecc17-4edd-4b74-ae4f-208aeb78f105",
				"1b8ecc17-4edd-4b74-ae4f-208aeb78f1\u00e9",
			},
		},
		"email": {
			good: []string{"abn@bbc.com", "jane.doe@example.com", "jane+tag@example.com"},
			bad: []string{"", "jane", "jane@", "@example.com", "Jane <jane@example.com>", "jane@example.com ", "a@b@c",
				strings.Repeat("a", 400) + "@b.example"},
		},
		"uri": {
			good: []string{"https://kobble.com", "https://sns.us-east-1.amazonaws.com/x.pem", "urn:a:b",
				"http://127.0.0.1:80/a?b=c#d"},
			bad: []string{"", "string", "kobble.com", "/path", "https://a b", "https://a/ b", "https://", "https://exämple.com",
				"https://a/\"", "://x"},
		},
	} {
		format := formats[name].has
		for _, text := range c.good {
			assert.True(t, format(text), "%s is a %s", text, name)
		}
		for _, text := range c.bad {
			assert.False(t, format(text), "%s is no %s", text, name)
		}
	}
}

func TestAFormatSaysNothingOfValuesThatAreNoText(t *testing.T) {
	for name, format := range formats {
		assert.True(t, format.has.IsFormat(nil), name)
		assert.True(t, format.has.IsFormat(12.5), name)
	}
}

func TestLoadReplacesTheFormatsOfTheLibrary(t *testing.T) {
	_, err := Load()
	assert.NoError(t, err)
	assert.False(t, gojsonschema.FormatCheckers.IsFormat("date-time", "2025-01-14"))
	assert.True(t, gojsonschema.FormatCheckers.IsFormat("uuid", "1B8ECC17-4EDD-4B74-AE4F-208AEB78F105"))
}

func TestEveryTimeThatGoWritesIsADateTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-62_135_596_800, 253_402_300_799).Draw(t, "second"),
			rapid.Int64Range(0, 999_999_999).Draw(t, "nanosecond"))
		zone := time.FixedZone("", 60*rapid.IntRange(-23*60, 23*60).Draw(t, "zone"))
		if year := at.In(zone).Year(); year < 0 || year > 9999 {
			return
		}
		text := at.In(zone).Format(time.RFC3339Nano)
		assert.True(t, isDateTime(text), text)
	})
}

func TestAnInstantIsReadAsItsFormatHasIt(t *testing.T) {
	last := time.Date(2016, 12, 31, 23, 59, 59, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2016-12-31T23:59:59Z": last, "2016-12-31t23:59:59z": last, "2017-01-01T10:59:59+11:00": last,
		"2016-12-31T23:59:60Z": last.Add(time.Second), "2017-01-01t10:59:60.000+11:00": last.Add(time.Second),
	} {
		got, readable := Instant(text)
		require.True(t, readable, text)
		require.True(t, want.Equal(got), "%s: %s", text, got)
	}
	for _, text := range []any{"2016-12-31T23:60:00Z", "2016-12-31T22:59:60Z", "2016-12-31", "2016-12-31 23:59:59Z", "2016-12-31T23:59:59",
		nil, 7} {
		_, readable := Instant(text)
		require.False(t, readable, "%v", text)
	}
}
