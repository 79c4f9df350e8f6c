package wordpress

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The demo's pictures are drawn here, in flat colours that make small files:
// nothing of them is anybody's work, and no binary lies in this repository.

// scene is a landscape: layers of hills under a sky with a disc in it.
type scene struct {
	name, title, caption, alt string

	sky, disc  color.RGBA
	hills      []color.RGBA // from the farthest to the nearest
	x, y, size float64      // of the disc, in heights of the picture
	stars      int
	seed       float64
}

func scenes() []scene {
	return []scene{
		{
			name: "hills", title: "Hills in the morning", caption: "Hills in the morning, drawn by a program.",
			alt: "Blue hills behind one another under a rising sun",
			sky: color.RGBA{0xfd, 0xe8, 0xd0, 0xff}, disc: color.RGBA{0xf7, 0x9d, 0x65, 0xff},
			hills: []color.RGBA{{0xc9, 0xd6, 0xdf, 0xff}, {0x9d, 0xb4, 0xc6, 0xff}, {0x6b, 0x8d, 0xa9, 0xff}, {0x3f, 0x66, 0x85, 0xff}, {0x22, 0x43, 0x5c, 0xff}},
			x:     1.18, y: 0.42, size: 0.13, seed: 1.3,
		},
		{
			name: "harbour", title: "The harbour at night", caption: "The harbour at night, drawn by a program.",
			alt: "Dark hills and a bright moon over calm water",
			sky: color.RGBA{0x12, 0x1f, 0x3a, 0xff}, disc: color.RGBA{0xf6, 0xf1, 0xd6, 0xff},
			hills: []color.RGBA{{0x1d, 0x2f, 0x52, 0xff}, {0x17, 0x27, 0x46, 0xff}, {0x21, 0x4a, 0x66, 0xff}, {0x1b, 0x3d, 0x58, 0xff}},
			x:     0.52, y: 0.24, size: 0.09, stars: 90, seed: 4.1,
		},
		{
			name: "meadow", title: "A meadow at noon", caption: "A meadow at noon, drawn by a program.",
			alt: "Green meadows under a pale sky with a small white sun",
			sky: color.RGBA{0xd6, 0xea, 0xf2, 0xff}, disc: color.RGBA{0xff, 0xfd, 0xf3, 0xff},
			hills: []color.RGBA{{0xb9, 0xd3, 0xc4, 0xff}, {0x93, 0xbb, 0x9b, 0xff}, {0x6d, 0xa1, 0x73, 0xff}, {0x4c, 0x82, 0x58, 0xff}},
			x:     0.86, y: 0.2, size: 0.07, seed: 2.6,
		},
	}
}

// draw returns the scene as a PNG of a size.
func (s scene) draw(width, height int) ([]byte, error) {
	palette := color.Palette{s.sky, s.disc}
	for _, hill := range s.hills {
		palette = append(palette, hill)
	}
	canvas := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	h := float64(height)
	// The picture is as wide as a 16:9 one, cut at its sides if it must be.
	left := (h*16/9 - float64(width)) / 2
	for i := range s.stars {
		// Multiples of irrational numbers spread evenly without repeating.
		x := math.Mod(float64(i)*0.754877666, 1)*h*16/9 - left
		y := math.Mod(float64(i)*0.569840291, 1) * h * 0.5
		if x >= 0 && x < float64(width) {
			canvas.SetColorIndex(int(x), int(y), 1)
		}
	}
	for px := range width {
		x := (float64(px) + left) / h
		for py := range height {
			if math.Hypot(x-s.x, float64(py)/h-s.y) < s.size {
				canvas.SetColorIndex(px, py, 1)
			}
		}
		for i := range s.hills {
			for py := max(0, int(s.ridge(i, x)*h)); py < height; py++ {
				canvas.SetColorIndex(px, py, uint8(2+i))
			}
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, canvas); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ridge returns how far down the upper edge of a layer is at x.
func (s scene) ridge(layer int, x float64) float64 {
	i := float64(layer)
	depth := 0.45 + 0.5*(i+0.5)/float64(len(s.hills))
	swing := 0.09 / (1 + 0.4*i)
	return depth + swing*math.Sin(s.seed+1.7*i+x*(2.1+i*0.7)) + swing*0.4*math.Sin(s.seed*2+i+x*(5.3+i))
}

// person draws the avatar that everybody has.
func person() ([]byte, error) {
	const size = 96
	canvas := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.RGBA{0xdd, 0xe5, 0xea, 0xff}, color.RGBA{0x5b, 0x7c, 0x93, 0xff}})
	for py := range size {
		for px := range size {
			x, y := float64(px)+0.5, float64(py)+0.5
			if math.Hypot(x-48, y-38) < 17 || math.Hypot((x-48)/1.15, y-98) < 36 {
				canvas.SetColorIndex(px, py, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, canvas)
	return b.Bytes(), err
}

// pictureMetadata is what WordPress keeps about an image and its smaller
// copies, as wp_generate_attachment_metadata would make it.
type pictureMetadata struct {
	Width    int                    `json:"width"`
	Height   int                    `json:"height"`
	File     string                 `json:"file"`
	FileSize int                    `json:"filesize"`
	Sizes    map[string]pictureSize `json:"sizes"`
}

type pictureSize struct {
	File     string `json:"file"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	MimeType string `json:"mime-type"`
	FileSize int    `json:"filesize"`
}

// pictures returns the pictures with their smaller copies, by their path in
// wp-content/uploads, and what content.php is to know of them.
func pictures() (map[string][]byte, []byte, error) {
	type picture struct {
		Title    string          `json:"title"`
		Caption  string          `json:"caption"`
		Alt      string          `json:"alt"`
		Metadata pictureMetadata `json:"metadata"`
	}
	found := map[string][]byte{}
	described := map[string]picture{}
	for _, scene := range scenes() {
		const width, height = 1600, 900
		full, err := scene.draw(width, height)
		if err != nil {
			return nil, nil, err
		}
		p := picture{Title: scene.title, Caption: scene.caption, Alt: scene.alt}
		p.Metadata = pictureMetadata{Width: width, Height: height, File: "demo/" + scene.name + ".png", FileSize: len(full), Sizes: map[string]pictureSize{}}
		found[p.Metadata.File] = full
		for _, size := range []struct {
			name          string
			width, height int
		}{{"thumbnail", 150, 150}, {"medium", 300, 169}, {"medium_large", 768, 432}, {"large", 1024, 576}, {"1536x1536", 1536, 864}} {
			b, err := scene.draw(size.width, size.height)
			if err != nil {
				return nil, nil, err
			}
			name := fmt.Sprintf("%s-%dx%d.png", scene.name, size.width, size.height)
			p.Metadata.Sizes[size.name] = pictureSize{File: name, Width: size.width, Height: size.height, MimeType: "image/png", FileSize: len(b)}
			found["demo/"+name] = b
		}
		described[scene.name] = p
	}
	b, err := json.Marshal(described)
	return found, b, err
}
