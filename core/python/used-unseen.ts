/** Distributions that work without anybody importing them: plugins, drivers, servers, and what others look for. */

/** Found by others at run time, or run by their name. */
const neverImported = new RegExp(
  `^(?:${[
    // Drivers of databases, which an address or a setting names.
    "psycopg.*|.*mysql.*|asyncpg|aiomysql|aiosqlite|cx-oracle|oracledb|pyodbc|pymssql|.*odbc|snowflake-.*|sqlalchemy-.*|.*-sqlalchemy|clickhouse-.*|duckdb-engine|redshift-.*|databricks-.*|trino|pyhive|hiredis",
    // Servers and what runs beside a program.
    "gunicorn|uvicorn|hypercorn|daphne|uwsgi|waitress|granian|supervisor|circus|celery|flower|newrelic|ddtrace|elastic-apm|sentry-.*|opentelemetry-.*|datadog|aws-xray-.*|debugpy",
    // Plugins by their names.
    "(?:pytest|sphinx|flake8|mkdocs|jupyter|jupyterlab|ipython|django|djangorestframework|flask|fastapi|airflow|apache-airflow-providers|dbt|keyrings?|poetry|setuptools|hatch|celery|kombu|scrapy|locust|robotframework|llama-index|langchain|dagster|prefect|mlflow|napari|spacy|tree-sitter|types|nvidia|intel|tensorflow|jax|xla|libcuda|cupy|onnxruntime)-.+",
    ".+-(?:plugin|plugins|stubs|provider|adapter|backend|driver|binary|bin|data|models?|cli|instrumentation|exporter|entrypoints?)",
    // Faster parts and formats that other libraries look for.
    "uvloop|httptools|watchfiles|cryptography|pynacl|brotli.*|zstandard|lz4|python-snappy|orjson|ujson|rapidjson|lxml|html5lib|numexpr|bottleneck|numcodecs|blosc2?|kaleido|openpyxl|xlrd|xlsxwriter|fastparquet|s3fs|gcsfs|adlfs|ocifs|tzdata|certifi|grpcio.*|protobuf|googleapis-common-protos|sentencepiece|tokenizers|tiktoken|safetensors|accelerate|bitsandbytes|peft|optimum.*|xformers|flash-attn|deepspeed|triton|einops|ninja|cmake|hf-transfer|hf-xet|onnxruntime.*|openvino.*|mkl.*|tbb|openblas.*|llvmlite|babel|setuptools|pip|wheel|cython|pybind11|maturin",
    // Run by their own command.
    "awscli|azure-cli.*|ansible.*|jupyter.*|ipykernel|notebook|dvc.*|sqlfluff|great-expectations|semgrep|nodeenv|nodejs.*|playwright|yt-dlp|ffmpeg.*|gdown|supervisor",
  ].join("|")})$`,
);

/** What looks for these by itself once they are installed. */
const hosts: readonly (readonly [found: RegExp, by: RegExp])[] = [
  [
    /^(?:torch|torchvision|torchaudio|tensorflow.*|keras|jax|jaxlib|flax)$/,
    /^(?:transformers|sentence-transformers|diffusers|datasets|evaluate|keras|huggingface-hub|spacy|thinc|unstructured.*|langchain.*|llama-index.*|haystack.*|farm-haystack|skorch|shap|lime|optuna|mlflow|wandb|ray|tensorboard.*|tf-.*|onnx.*|pytorch-.*|lightning|.*torch.*|gensim|bertopic|keybert|setfit|gpytorch|botorch|ax-platform|numpyro|pymc|optax|chex|mteb|docling.*|easyocr|whisper.*|faster-whisper|openai-whisper|demucs|ultralytics)$/,
  ],
  [
    /^(?:pyarrow|numpy|scipy|numba|matplotlib|plotly|tables|sqlalchemy|polars|dask|distributed|shapely|pandas)$/,
    /^(?:pandas|geopandas|polars|dask.*|modin|xarray|datasets|duckdb|ibis-.*|streamlit|pyspark|awswrangler|google-cloud-.*|db-dtypes|deltalake|pyiceberg|ray|lancedb|networkx|sympy|scikit-.*|statsmodels|seaborn|plotnine|altair|bokeh|panel|holoviews|hvplot|optuna|shap|pymc|arviz|prophet|langchain.*|llama-index.*|apscheduler|celery|mlflow|great-expectations|opencv-.*|shapely|onnx.*|torch|tensorflow.*|jax|pydantic.*|redis.*|pyarrow|trimesh|gensim|nltk|textblob|wordcloud|lifelines|pyod|dash|gradio|xgboost|lightgbm|catboost|pgvector|chromadb|qdrant-client|pymongo|sqlmodel|alembic|databases)$/,
  ],
  [
    /^(?:pillow|reportlab|weasyprint)$/,
    /^(?:django.*|wagtail.*|flask.*|reportlab|qrcode|python-pptx|python-docx|openpyxl|matplotlib|imageio.*|torchvision|weasyprint|xhtml2pdf|streamlit|gradio|sorl-.*|easy-thumbnails|thumbor|fpdf2|opencv-.*|unstructured.*)$/,
  ],
  [
    /^(?:boto3|botocore|google-cloud-storage|google-cloud-.*|google-api-python-client|azure-.*|kubernetes)$/,
    /^(?:django-storages|smart-open|s3fs|gcsfs|adlfs|fsspec|cloudpathlib|universal-pathlib|kombu|celery.*|apache-airflow.*|dvc.*|mlflow|sagemaker|langchain.*|llama-index.*|litellm|prefect.*|dagster.*|anthropic|openai|dask.*|kubernetes.*|zappa|chalice|aws-.*|unstructured.*|delta.*|pyiceberg|awswrangler|flask-.*|instructor|pandas|datasets|ray|skypilot|wandb|feast|kedro.*|great-expectations)$/,
  ],
  [
    /^(?:nltk|spacy|transformers|sentence-transformers|scikit-learn|gensim|faiss-.*|selenium|playwright|opencv-.*|pymupdf|pytesseract|librosa)$/,
    /^(?:langchain.*|llama-index.*|haystack.*|unstructured.*|textblob|textacy|rasa.*|spacy-.*|presidio-.*|crewai.*|autogen.*|docling.*|crawl4ai|scrapy-.*|browser-use|splinter|helium|chromadb|mem0ai|bertopic|keybert|txtai|evaluate|shap|imbalanced-learn|mlflow|ray|pycaret|supervision|datasets|optimum.*|vllm|sglang|text-generation|litellm|dspy.*|guardrails-ai|ragas)$/,
  ],
];

/** Whether an import is not to be expected, given the other distributions that are there. */
export function mayBeUsedUnseen(name: string, others: Iterable<string>): boolean {
  if (neverImported.test(name)) return true;
  const looking = hosts.filter(([found]) => found.test(name)).map(([, by]) => by);
  if (looking.length === 0) return false;
  for (const it of others) if (it !== name && looking.some((by) => by.test(it))) return true;
  return false;
}
