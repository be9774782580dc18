package config

import (
	"fmt"
	"os"
	"path/filepath"
)

// ormFile is the configuration file, relative to the project root.
const ormFile = "config/orm.yaml"

// FindRoot returns the absolute path of the project folder: the nearest folder,
// from dir upwards, that holds config/orm.yaml, .env or go.mod, or dir itself if
// none does. An empty dir is the working directory.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("config: cannot resolve the folder: %w", err)
	}
	if info, err := os.Stat(start); err != nil {
		return "", fmt.Errorf("config: cannot look for the project: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("config: cannot look for the project: %s is not a folder", start)
	}
	for folder := start; ; {
		for _, marker := range []string{filepath.FromSlash(ormFile), ".env", "go.mod"} {
			if isFile(filepath.Join(folder, marker)) {
				return folder, nil
			}
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return start, nil
		}
		folder = parent
	}
}
