package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Zip returns the bytes of a zip of the entries, in their order. They depend on nothing but the
// entries: every entry is deflated, and file entries carry the same fixed date.
func Zip(entries []Entry) ([]byte, error) {
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	for _, entry := range entries {
		file, err := writer.CreateHeader(header(entry))
		if err != nil {
			return nil, fmt.Errorf("adding %q to the zip: %w", entry.Name, err)
		}
		if _, err := file.Write(entry.Content); err != nil {
			return nil, fmt.Errorf("adding %q to the zip: %w", entry.Name, err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("closing the zip: %w", err)
	}
	return buffer.Bytes(), nil
}

// header makes the header of one entry as hashicorp/archive's zips have it.
//
// An entry made from literal content has neither date nor mode there. An entry made from a file is
// stamped with Go's zero time, which the two-second MS-DOS date of a zip wraps around to 2049-01-01
// 00:00:00; the deprecated SetModTime is what leaves the extended timestamp out, and with Modified in
// its place every hash would differ.
func header(entry Entry) *zip.FileHeader {
	header := &zip.FileHeader{Name: entry.Name, Method: zip.Deflate}
	if entry.FromFile {
		header.SetModTime(time.Time{}) //nolint:staticcheck // see above
		header.SetMode(entry.Mode)
	}
	return header
}

// Write puts content at path, creating the directories above it. The file appears in one step, so
// nobody ever reads half an archive.
func Write(path string, content []byte) error {
	directory := filepath.Dir(path)
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return fmt.Errorf("creating the directory of output_path %q: %w", path, err)
	}
	temporary, err := os.CreateTemp(directory, filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("writing output_path %q: %w", path, err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing output_path %q: %w", path, err)
	}
	return nil
}
