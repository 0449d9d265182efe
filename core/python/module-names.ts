/**
 * What programs import of a distribution. Metadata tells it where the distribution is installed or its wheel was read;
 * else a list of large ones whose names are known, since a name alone does not tell.
 */

import type { GraphNode } from "./graph.ts";
import { wheelOf } from "./index/knowledge.ts";
import type { PythonSurroundings } from "./surroundings.ts";
import type { Target } from "./target.ts";

/** Large distributions that are imported by their own name, `-` as `_`. */
const plain =
  "altair anthropic astropy av bokeh boto3 botocore catboost chromadb cvxpy cvxopt dash dask datasets diffusers duckdb fiona gensim geopandas gradio h5py imageio ipywidgets jax kivy kubernetes langchain librosa lightgbm litellm llama-index matplotlib mlflow moviepy networkx nltk numba numpy onnx open3d openai ortools pandas panel plotly polars prefect prophet pulp pyarrow pydeck pygame pymc pyogrio pyproj pyspark pytesseract rasterio ray reportlab scipy scrapy seaborn selenium sentence-transformers shap shapely spacy statsmodels streamlit sympy tables tensorflow timm torch torchaudio torchvision transformers trimesh ultralytics unstructured vtk wandb weasyprint wordcloud xarray xgboost yfinance";

/** Others, by names of their own. */
const named: Readonly<Record<string, readonly string[]>> = {
  "apache-airflow": ["airflow"],
  "apache-beam": ["apache_beam"],
  "azure-ai-ml": ["azure.ai.ml"],
  "faiss-cpu": ["faiss"],
  "google-api-python-client": ["googleapiclient", "apiclient"],
  "google-cloud-aiplatform": ["google.cloud.aiplatform", "vertexai"],
  beautifulsoup4: ["bs4"],
  "google-cloud-bigquery": ["google.cloud.bigquery"],
  "google-cloud-storage": ["google.cloud.storage"],
  netcdf4: ["netCDF4"],
  "opencv-contrib-python": ["cv2"],
  "opencv-contrib-python-headless": ["cv2"],
  "opencv-python": ["cv2"],
  "opencv-python-headless": ["cv2"],
  "openai-whisper": ["whisper"],
  pymupdf: ["fitz", "pymupdf"],
  pyqt5: ["PyQt5"],
  pyqt6: ["PyQt6"],
  pyside2: ["PySide2"],
  pyside6: ["PySide6"],
  pillow: ["PIL"],
  "python-dateutil": ["dateutil"],
  "python-jose": ["jose"],
  "python-multipart": ["multipart"],
  pyjwt: ["jwt"],
  pyyaml: ["yaml"],
  "pytorch-lightning": ["pytorch_lightning"],
  "scikit-image": ["skimage"],
  "scikit-learn": ["sklearn"],
  "tensorflow-cpu": ["tensorflow"],
};

const byPlainName = new Map(plain.split(" ").map((name) => [name, [name.replaceAll("-", "_")]]));

/** By the list alone. */
export const knownModules = (name: string): readonly string[] => named[name] ?? byPlainName.get(name) ?? [];

/** Undefined: nothing tells. */
export function modulesOfNode(
  node: GraphNode,
  { environment, index }: PythonSurroundings,
  target: Target,
): readonly string[] | undefined {
  const installed = environment?.byName.get(node.name)?.[0]?.modules ?? [];
  const wheel = index && wheelOf(node, index, target);
  const listed = (wheel && index?.wheels.get(wheel.url)?.modules) ?? [];
  const all = [...new Set([...installed, ...listed, ...knownModules(node.name)])];
  return all.length === 0 ? undefined : all;
}
