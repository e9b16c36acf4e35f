// Package archive turns content, a file or a directory into the bytes of a zip that depend on names,
// contents and modes only: not on modification times, the umask, the order in which the file system
// lists files, or where the sources lie.
package archive

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// Entry is one file of an archive.
type Entry struct {
	// Name is the path inside the archive, with forward slashes.
	Name string
	// Content is the whole file.
	Content []byte
	// FromFile says that the entry was read from the file system, and so has a mode and a date.
	FromFile bool
	// Mode holds the permission bits; it means something only together with FromFile.
	Mode fs.FileMode
}

// ParseFileMode reads an output_file_mode such as "0644". The empty string means that every file keeps
// its own mode, and gives nil.
func ParseFileMode(value string) (*fs.FileMode, error) {
	if value == "" {
		return nil, nil
	}
	bits, err := strconv.ParseUint(value, 8, 32)
	if err != nil || !strings.HasPrefix(value, "0") || bits > 0o777 {
		return nil, fmt.Errorf("output_file_mode %q is not an octal file mode: write four digits from \"0000\" to \"0777\", for example \"0644\"", value)
	}
	mode := fs.FileMode(bits)
	return &mode, nil
}

// FromContent makes the entries of literal contents, keyed by name, sorted by name.
func FromContent(contents map[string]string) []Entry {
	entries := make([]Entry, 0, len(contents))
	for name, content := range contents {
		entries = append(entries, Entry{Name: filepath.ToSlash(name), Content: []byte(content)})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	return entries
}

// FromFile makes the only entry of an archive of one file, named as the file. A mode that is not nil
// replaces the file's own.
func FromFile(path string, mode *fs.FileMode) ([]Entry, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("source_file %q does not exist: create it, or correct the path", path)
	case err != nil:
		return nil, fmt.Errorf("reading source_file: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("source_file %q is a directory: use source_dir for it", path)
	}
	entry, err := fileEntry(filepath.Base(path), path, info, mode)
	if err != nil {
		return nil, err
	}
	return []Entry{entry}, nil
}

// fileEntry reads the file at path into an entry of that name.
func fileEntry(name, path string, info fs.FileInfo, mode *fs.FileMode) (Entry, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, fmt.Errorf("reading a file for the archive: %w", err)
	}
	entry := Entry{Name: filepath.ToSlash(name), Content: content, FromFile: true, Mode: info.Mode().Perm()}
	if mode != nil {
		entry.Mode = *mode
	}
	return entry, nil
}
