package logging_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/logging"
)

// What is no terminal gets JSON, with times in UTC.
func TestJSON(t *testing.T) {
	t.Parallel()
	for _, format := range []logging.Format{"", logging.Auto, logging.JSON} {
		var out bytes.Buffer
		logging.New(&out, logging.Options{Format: format}).Info("hello", "n", 1)
		var record map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &record))
		require.Equal(t, "hello", record["msg"])
		require.EqualValues(t, 1, record["n"])
		require.True(t, strings.HasSuffix(record["time"].(string), "Z"))
	}
	file, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	logging.New(file, logging.Options{}).Info("hello")
	require.NoError(t, file.Close())
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	require.True(t, json.Valid(data))
}

// Text is readable, and without colours in a file.
func TestText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logging.New(&out, logging.Options{Format: logging.Text}).Warn("hello", "n", 1)
	require.Contains(t, out.String(), "WRN hello n=1")
	require.NotContains(t, out.String(), "\x1b")
}

func TestLevel(t *testing.T) {
	t.Parallel()
	for _, format := range []logging.Format{logging.Text, logging.JSON} {
		var out bytes.Buffer
		logger := logging.New(&out, logging.Options{Format: format, Level: slog.LevelWarn})
		logger.Info("quiet")
		logger.Error("loud")
		require.NotContains(t, out.String(), "quiet")
		require.Contains(t, out.String(), "loud")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]logging.Format{"": logging.Auto, "AUTO": logging.Auto, "text": logging.Text, "json": logging.JSON} {
		got, err := logging.ParseFormat(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := logging.ParseFormat("xml")
	require.ErrorContains(t, err, "auto, text or json")
	for text, want := range map[string]slog.Level{"": slog.LevelInfo, "debug": slog.LevelDebug, "WARN": slog.LevelWarn, "error": slog.LevelError} {
		got, err := logging.ParseLevel(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err = logging.ParseLevel("loud")
	require.ErrorContains(t, err, "debug, info, warn or error")
}

func ExampleNew() {
	var out bytes.Buffer
	logger := logging.New(&out, logging.Options{Format: logging.JSON, Level: slog.LevelWarn})
	logger.Info("not logged")
	logger.Warn("disk is nearly full")
	fmt.Println(strings.Count(out.String(), "\n"))
	// Output: 1
}
